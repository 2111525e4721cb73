"""The charts of the report: plain data -> a Vega-Lite spec -> SVG, offline."""
