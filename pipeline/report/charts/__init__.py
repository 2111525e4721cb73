"""The charts of the report: plain data -> shapes and texts in pixels -> SVG."""
