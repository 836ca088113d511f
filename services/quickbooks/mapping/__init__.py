"""Our records in QuickBooks’ shapes, and the way back; pure."""
