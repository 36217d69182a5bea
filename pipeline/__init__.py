"""Raw registries in, Parquet marts in a published snapshot out."""
