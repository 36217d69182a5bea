"""What is written for people from the declarations: templates to fill in, the dictionary."""
