"""Anomalies as incidents: lines on standard output, and alerts; loaded where they are wanted."""
