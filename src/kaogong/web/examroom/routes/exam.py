"""Addresses of the exam machine: practice, door, waiting room, paper, receipt."""

from __future__ import annotations

from django.urls import path

from kaogong.web.examroom.views import exam

urlpatterns = [
    path("exam/", exam.enter, name="exam"),
    path("exam/practice/", exam.practice, name="exam-practice"),
    path("exam/waiting/", exam.waiting, name="exam-waiting"),
    path("exam/status.json", exam.status, name="exam-status"),
    path("exam/paper/", exam.paper, name="exam-paper"),
    path("exam/start.json", exam.start, name="exam-start"),
    path("exam/answers.json", exam.save, name="exam-save"),
    path("exam/hand-in.json", exam.hand_in, name="exam-hand-in"),
    path("exam/receipt/", exam.receipt, name="exam-receipt"),
    path("exam/receipt.pdf", exam.receipt_pdf, name="exam-receipt-pdf"),
    path("exam/leave/", exam.leave, name="exam-leave"),
]
