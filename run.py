"""VLMEvalKit with our datasets: `python run.py --data MMNeuroOnco --model X`, with every flag that VLMEvalKit has.

VLMEvalKit is the installed ms-vlmeval, or the checkout that VLMEVALKIT_ROOT names.
"""

from mmneuroonco_tasks.frameworks.vlmeval import main

if __name__ == "__main__":
    main()
