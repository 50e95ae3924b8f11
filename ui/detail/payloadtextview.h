#pragma once
/// The tab JSON of the detail pane: the payload as text, pretty or as it came, failing places marked. The first 64 KiB
/// at once, more on demand up to 1 MiB; the tab Bytes has all of it. Thread: gui. Plain text throughout.
#include "core/frame/frame.h"
#include "ui/detail/jsontext.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace framescope {

class PayloadTextView : public QWidget
{
    Q_OBJECT

public:
    static constexpr qsizetype firstBytes = 64 * 1024;
    static constexpr qsizetype mostBytes = 1024 * 1024;

    explicit PayloadTextView(QWidget* parent = nullptr);

    void setFrame(const Frame& frame);
    void showRest();
    void setPretty(bool isPretty);
    [[nodiscard]] QString shownText() const;
    [[nodiscard]] QString notice() const;

private:
    void rebuild();
    void showNotice(qsizetype shownBytes);
    void mark(const std::vector<TextRange>& marks);

    Frame m_frame;
    bool m_isPretty = true;
    bool m_showsRest = false;
    QPushButton* m_pretty;
    QPushButton* m_raw;
    QLabel* m_notice;
    QPushButton* m_rest;
    QPlainTextEdit* m_text;
};

} // namespace framescope
