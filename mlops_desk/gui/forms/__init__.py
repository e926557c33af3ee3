"""Forms made from acts."""
