"""The run: command line, planning, worker processes, the KerasHub engine, the protocol."""
