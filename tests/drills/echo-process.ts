/** Says back what it hears; see echo.ts. */
process.on('message', (said) => process.send?.(said));
process.on('disconnect', () => process.exit());
