-- Whether consent to an evaluation was given to another agency, before the child came.
ALTER TABLE evaluations ADD COLUMN consented_elsewhere TEXT;
