"""``pytest --benchmark``: scenario files as tests, and a fixture that measures.

pytest loads ``versebench_pytest`` (at the top of the project), which loads the modules here under
a private name. Those on pytest's side (``settings``, ``mode``, ``collecting``, ``case_test``,
``feeding``, ``fixture``, ``result``, ``screen``, ``service``) import the standard library, pytest
and each other, with relative imports. ``start``, ``server``, ``measuring`` and ``answers`` run in
the measuring process and import versebench.
"""
