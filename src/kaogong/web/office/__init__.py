"""The office: where centres and departments decide: rounds, applications, results, blanks, certificates, the trail."""
