"""The ASGI application: `streamlit run app.py`."""

from dashboard.server import create_app

app = create_app()
