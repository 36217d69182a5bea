"""The ASGI application: `streamlit run app.py`.

The main script lies in dashboard/, not beside pages/: with a pages folder beside it, Streamlit
would serve the files in there by themselves, past navigation and gate.
"""

from pathlib import Path

import streamlit as st

from dashboard.serving import server

app = st.App(
    Path(__file__).parent / "dashboard" / "main.py",
    lifespan=server.lifespan,
    routes=server.ROUTES,
    middleware=server.MIDDLEWARE,
)
