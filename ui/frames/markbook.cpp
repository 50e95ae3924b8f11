#include "ui/frames/markbook.h"

#include <algorithm>

namespace framescope {

MarkBook::MarkBook(QObject* parent)
    : QObject(parent)
    , m_marks(std::make_shared<FrameMarks>())
{
}

void MarkBook::restart()
{
    m_recorded = {};
    m_unrecorded.clear();
    show();
}

void MarkBook::takeRecorded(const FrameMarksPtr& marks)
{
    m_recorded = *marks;
    show();
}

void MarkBook::takeEvents(const std::vector<AuditEvent>& events)
{
    bool isChanged = false;
    for (const AuditEvent& event : events) {
        if (!m_recorded.apply(event))
            continue;
        isChanged = true;
        const auto wanted = std::find_if(m_unrecorded.begin(), m_unrecorded.end(), [&event](const AuditEvent& other) {
            return other.action == event.action && other.detail == event.detail;
        });
        if (wanted != m_unrecorded.end())
            m_unrecorded.erase(wanted);
    }
    if (isChanged)
        show();
}

void MarkBook::toggle(const FrameSpans& frames)
{
    std::vector<AuditEvent> events;
    const FrameSpans unmarked = framesWithout(frames, m_marks->spans());
    for (const FrameSpan& span : unmarked)
        events.push_back(markedEvent(span));
    if (unmarked.empty()) {
        for (const FrameSpan& span : commonFrames(frames, m_marks->spans()))
            events.push_back(unmarkedEvent(span));
    }
    want(events);
}

void MarkBook::comment(quint64 number, const QString& text)
{
    if (number != 0 && !text.trimmed().isEmpty())
        want({markedEvent({number, number}, text.trimmed())});
}

void MarkBook::want(const std::vector<AuditEvent>& events)
{
    if (events.empty())
        return;
    m_unrecorded.insert(m_unrecorded.end(), events.begin(), events.end());
    show();
    Q_EMIT recordRequested(events);
}

void MarkBook::dropUnrecorded()
{
    if (m_unrecorded.empty())
        return;
    m_unrecorded.clear();
    show();
}

void MarkBook::recordAgain()
{
    if (!m_unrecorded.empty())
        Q_EMIT recordRequested(std::vector(m_unrecorded));
}

void MarkBook::show()
{
    auto marks = std::make_shared<FrameMarks>(m_recorded);
    for (const AuditEvent& event : m_unrecorded)
        marks->apply(event); // without a number of their own yet, so that all of them count
    m_marks = std::move(marks);
    Q_EMIT changed();
}

} // namespace framescope
