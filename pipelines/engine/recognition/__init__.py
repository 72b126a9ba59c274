"""What the recogniser (`engine/whisper.py`) is made of: windows and decodes, what letters, phones,
hums and ends sound like, what was asked for, and whether a text is to be believed."""
