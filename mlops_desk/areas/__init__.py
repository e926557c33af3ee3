"""The areas of the desk, each a room with one file for each noun; an area looks left, never right."""
