"""Files that a household writes: read exactly, refused with the place of every mistake."""
