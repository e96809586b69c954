"""What the product keeps: tables, the unit of work, the job queue, encryption, migrations."""
