/** Node hands NODE_V8_COVERAGE on to every child; a server that counts its branches is a slow one. This process has read it already. */
delete process.env['NODE_V8_COVERAGE'];
