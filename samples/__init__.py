"""Sample workbooks, invented: the demo imports rooms.xlsx."""
