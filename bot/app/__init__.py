"""The composition root: from Settings to a running Strillone. It alone knows everybody.

Nothing is imported here: worker processes start from `bot.app.workers` and should not load the whole house.
"""
