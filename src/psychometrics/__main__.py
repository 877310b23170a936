from psychometrics.cli.main import main

main()
