"""The modules that another project's task has besides copies of ours: data, scoring, and what the framework calls.

They are real modules, checked like all others, but nothing here imports them: ``bundling`` copies them.
"""
