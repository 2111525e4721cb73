"""The chapters of the report, a file each: functions from the context to sections."""
