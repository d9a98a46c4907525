"""Text into tokens: words, Chinese, stems, codes."""
