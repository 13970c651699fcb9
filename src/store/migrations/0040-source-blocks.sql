-- What was taken over of a source that has no list of changes, in blocks of rows: a page as it came, or the rows whose
-- keys fall together. A block that comes again says nothing new, and its rows are neither parsed nor compared.
CREATE TABLE source_blocks (
  customer_id uuid NOT NULL REFERENCES customers (id),
  source text NOT NULL,
  -- Of what the block says, of what was asked for and of how it is read: another of these is another block.
  digest text NOT NULL,
  rows integer NOT NULL,
  -- One print for each row, one after the other: of its key and of what it says.
  prints text NOT NULL,
  PRIMARY KEY (customer_id, source, digest)
);
