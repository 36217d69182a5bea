"""总览: how the area stands on the six headline indicators, and which counties need attention."""

from dashboard import shell

view = shell.open_page("overview", indicators=("out_of_county_inpatient_rate",))
shell.title_band(view, title=view.area.name)
shell.footer(view, sources=("settlements",))
