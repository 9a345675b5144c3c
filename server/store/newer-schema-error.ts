/** Thrown when data was written by a later version of this program: opening it could only lose what that version knows. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';
  constructor(what: string, found: string, known: string) {
    super(
      `${what} was written by a newer version of Front Row (schema ${found}, this version knows ${known}). Start that version.`,
    );
  }
}
