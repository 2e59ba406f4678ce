-- The reminders of replications are read out of their deadlines from here on; rows of their own would tick for ever.
DELETE FROM reminder WHERE name = 'wake';
