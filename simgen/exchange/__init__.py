"""Other people's formats and conventions."""
