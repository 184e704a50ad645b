"""The chat page (Streamlit): it shows what the library says and holds no logic of its own.

app.py opens it and is the place to start reading; state.py holds a visitor's session and the one
place that makes an Assistant. Nothing else in nlidb imports Streamlit, and nothing imports this.
"""
