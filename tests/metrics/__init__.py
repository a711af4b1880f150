"""The numbers of pta_metrics: what is counted, how they outlive a reload, and who reads them.

The tests with the marker `torture` send many requests, and compare the numbers with a sum that the
clients have made themselves.
"""
