import { createNodeResolver, importX } from 'eslint-plugin-import-x'
import tseslint from 'typescript-eslint'
import noIgnoredEither from './.ci/noIgnoredEither.js'

export default tseslint.config(
  { ignores: ['dist/**', '.examples/**', '.tmp/**', 'coverage/**', 'eslint.config.js', '.ci/*.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX, local: { rules: { 'no-ignored-either': noIgnoredEither } } },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js'] })] },
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(fp-ts|io-ts)/(?!lib/.+\\.js$)',
              message: "write 'fp-ts/lib/X.js': the short form breaks in Node ESM"
            }
          ]
        }
      ],
      'import-x/no-cycle': 'error',
      'local/no-ignored-either': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A tagged union's constructor shares its interface's name: `SyncError`, the type, and `SyncError`, the constructors.
      '@typescript-eslint/no-redeclare': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      // Code points are what Snowflake and JSON Schema count.
      '@typescript-eslint/no-misused-spread': 'off'
    }
  },
  { files: ['src/**/*.ts'], rules: { 'no-console': 'error' } },
  { files: ['src/cli/**/*.ts', 'src/bin.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts', '.ci/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      'local/no-ignored-either': 'off'
    }
  }
)
