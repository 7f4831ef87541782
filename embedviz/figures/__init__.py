"""Data frames in, Plotly figures out. Labels are text: Plotly's own markup in them is escaped."""
