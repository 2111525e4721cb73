"""The charts of the report: plain data -> SVG text."""
