from __future__ import annotations

from kaogong.web.ui.navigation import routes_of

app_name = "candidate"

urlpatterns = routes_of("candidate")
