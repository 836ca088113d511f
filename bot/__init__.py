"""The process: settings, web, worker, scheduler, command line."""
