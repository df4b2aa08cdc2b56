-- American styles put a comma or full stop before every closing quotation mark, as in “rail tax
-- ‘will rise.’” Pandoc's citation processor puts it before the outer mark alone, and behind a mark
-- that ends words set in italics.
local STOPS = { [","] = true, ["."] = true }
local CLOSING = { ["’"] = true, ["”"] = true }
local HOLDERS = { Span = true, Emph = true, Strong = true, SmallCaps = true }

-- Puts `stop` before the closing marks that end `inline`; says whether any does.
local function put_inside(inline, stop)
  if not inline or not HOLDERS[inline.t] or #inline.content == 0 then
    return false
  end
  local inside = inline.content
  local last = inside[#inside]
  if last.t == "Str" and CLOSING[last.text] then
    if not put_inside(inside[#inside - 1], stop) then
      inside:insert(#inside, stop)
    end
    return true
  end
  return put_inside(last, stop)
end

local function moved(inlines)
  for at = #inlines, 2, -1 do
    local stop = inlines[at]
    if stop.t == "Str" and STOPS[stop.text] and put_inside(inlines[at - 1], stop) then
      inlines:remove(at)
    end
  end
  return inlines
end

function Pandoc(document)
  if pandoc.utils.stringify(document.meta.lang or "") == "en-US" then
    return document:walk({ Inlines = moved })
  end
end
