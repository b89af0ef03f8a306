"""What keeps an instance true and its operators informed: the budget, notices, proposals, housekeeping,
clocks.
"""
