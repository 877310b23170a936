from __future__ import annotations

from kaogong.web.ui.navigation import routes_of

app_name = "public"

urlpatterns = routes_of("public")
