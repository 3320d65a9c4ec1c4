"""Writes the results of a pull request into one comment, and updates that comment after each push.

`PYTHONPATH=.ci python -m pull_request_comment`, after the steps that `.ci/step` ran. GitHub and GitLab.
"""
