"""The exam room: the door, the theory paper, the examiner's score sheet, incidents, on tablets and exam machines."""
