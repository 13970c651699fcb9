import pg from 'pg';

/** Runs one statement on a PostgreSQL server, on a connection of its own: databases are made and dropped outside of transactions. */
export async function atServer(address: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
