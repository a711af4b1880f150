"""The projects that docs/migrate.md replaces, with nginx as the page configures it.

django-titofisto is installed, and runs with Django. Of the others, what they do is tested.
"""
