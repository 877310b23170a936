from __future__ import annotations

from kaogong.web.ui.navigation import routes_of

app_name = "examroom"

urlpatterns = routes_of("examroom")
