"""Charts of results, as SVG that takes its colours from the page's style sheet."""
