"""The page: a run as one HTML file to look at, offline, without a server.

``document`` makes it from a summary; ``shell`` is the frame that other pages share.
"""
