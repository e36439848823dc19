" Vim with ALE: errors and findings of the last run as ALE's own marks, `:ALEHover` for times and calls.
"   source this file from your vimrc, behind ALE; g:trace_distiller_filetypes says for which files.
"   let g:ale_linters.python = ['pylsp', 'trace_distiller'] where you list linters by name.

let g:trace_distiller_executable = get(g:, 'trace_distiller_executable', 'trace-distiller')
let g:trace_distiller_arguments = get(g:, 'trace_distiller_arguments', '')
let g:trace_distiller_filetypes = get(g:, 'trace_distiller_filetypes',
  \ ['c', 'cpp', 'cs', 'elixir', 'erlang', 'go', 'java', 'javascript', 'kotlin', 'php', 'python', 'ruby', 'rust', 'scala', 'swift', 'typescript'])

" Where the project begins: its version control or build file; else the file's own folder.
function! TraceDistillerRoot(buffer) abort
  for l:mark in ['.git/', '.hg/', '.git']
    let l:found = l:mark[-1:] ==# '/' ? finddir(l:mark[:-2], fnamemodify(bufname(a:buffer), ':p:h') . ';') : findfile(l:mark, fnamemodify(bufname(a:buffer), ':p:h') . ';')
    if !empty(l:found)
      return fnamemodify(l:found, l:mark[-1:] ==# '/' ? ':p:h:h' : ':p:h')
    endif
  endfor
  return fnamemodify(bufname(a:buffer), ':p:h')
endfunction

for s:filetype in g:trace_distiller_filetypes
  call ale#linter#Define(s:filetype, {
    \ 'name': 'trace_distiller',
    \ 'lsp': 'stdio',
    \ 'executable': {buffer -> g:trace_distiller_executable},
    \ 'command': {buffer -> '%e lsp ' . g:trace_distiller_arguments},
    \ 'language': s:filetype,
    \ 'project_root': function('TraceDistillerRoot'),
    \ })
endfor
