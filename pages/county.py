"""县域画像."""

from dashboard import overview, shell

view = shell.open_page("county", indicators=overview.HEADLINE)
shell.title_band(view, title=view.area.name)
shell.footer(view, sources=("settlements",))
